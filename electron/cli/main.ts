/** `npm run calcar -- …`: the command line, under the project's own Node. */
import { runProgram } from './program.ts';

await runProgram(process.argv.slice(2));
