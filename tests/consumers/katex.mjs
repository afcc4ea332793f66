// Reads [{tex, display}, ...] from standard input, writes [null or what KaTeX said, ...] to standard output.
import { readFileSync } from "node:fs";
import katex from "katex";

function complaint({ tex, display }) {
  const objections = [];
  try {
    katex.renderToString(tex, {
      displayMode: display,
      throwOnError: true,
      // "error" would do, but for a line break in display mode: that KaTeX leaves out without a word.
      strict: (code, message) => {
        objections.push(`${message} [${code}]`);
        return "error";
      },
      // `false` would do, but then KaTeX prints an untrusted command in red and says nothing.
      trust: ({ command }) => {
        objections.push(`${command} needs trust that readers' programs don't give`);
        return false;
      },
    });
  } catch (error) {
    objections.unshift(String(error.message ?? error));
  }
  return objections.length > 0 ? objections[0] : null;
}

const formulas = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(formulas.map(complaint)));
