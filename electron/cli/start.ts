/** `npm start`: the station in the best way that this machine has. */
import { runProgram } from './program.ts';

await runProgram(['start', ...process.argv.slice(2)]);
