import { spawn } from 'node:child_process';

/**
 * Runs a command without a shell and collects what it says.
 *
 * @returns {Promise<{ok: boolean, out: string, error: string}>} never rejects: a command that is not there is not ok
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (error += text));
    child.on('error', (cause) => resolve({ ok: false, out, error: cause.message }));
    child.on('close', (code) => resolve({ ok: code === 0, out, error }));
  });
}

/** The first of the commands that answers `--version`, or null. */
export async function firstThatAnswers(commands) {
  for (const command of commands) {
    if ((await run(command, ['--version'])).ok) return command;
  }
  return null;
}

/** A C++ compiler, or null. */
export const findCompiler = (env = process.env) =>
  firstThatAnswers([env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean));

/** What of Python is here: `null` without Python 3, else whether it has pip. */
export async function findPython(env = process.env) {
  const python = await firstThatAnswers([env.PYTHON, 'python3', 'python'].filter(Boolean));
  if (python === null) return null;
  return { python, pip: (await run(python, ['-m', 'pip', '--version'])).ok };
}
