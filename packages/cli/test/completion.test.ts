import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

// Each key that is pressed starts a process, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const cli = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const minimal = fileURLToPath(new URL("../../../examples/minimal/minimal.js", import.meta.url));
/** Of bash's scripts: what nearly all systems that have bash come with. */
const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";
const work = mkdtempSync(join(tmpdir(), "pitot-completion-"));
const env = {
  ...process.env,
  HOME: work,
  TERM: "dumb",
  PITOT_DIR: join(work, "runs"),
  PITOT_OTLP: "false",
  PATH: `${join(work, "bin")}${delimiter}${process.env["PATH"]}`,
};

beforeAll(() => {
  mkdirSync(join(work, "bin"));
  const pitot = join(work, "bin", "pitot");
  writeFileSync(pitot, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(pitot, 0o755);
  spawnSync(process.execPath, [minimal], { env });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What a shell prints that has loaded Pitot's script for it. */
function shell(name: string, args: readonly string[], script: string): string {
  const completion = join(work, `pitot.${name}`);
  writeFileSync(completion, spawnSync(process.execPath, [cli, "completion", name], { env }).stdout);
  const { stdout, stderr, status } = spawnSync(name, [...args, script.replaceAll("SCRIPT", completion)], {
    env,
    encoding: "utf8",
    timeout: 100_000,
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

/** True where the shell is here; says so where it is not. */
function here(name: string, ...files: string[]): boolean {
  const found = spawnSync(name, ["--version"]).status === 0 && files.every((file) => existsSync(file));
  if (!found) console.warn(`${[name, ...files].join(" or ")} is not here: its completion is skipped`);
  return found;
}

it.skipIf(!here("bash", BASH_COMPLETION))("completes in bash", () => {
  const typed = (...words: string[]): string =>
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
     COMP_LINE="\${COMP_WORDS[*]}"; COMP_POINT=\${#COMP_LINE}; COMPREPLY=()
     $complete pitot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = shell(
    "bash",
    ["--norc", "-c"],
    // Only a key that is pressed has options; and bash is asked for the function that it was told of.
    `. ${BASH_COMPLETION}; . "SCRIPT"; compopt() { :; }
     complete=$(complete -p pitot); complete=\${complete#*-F }; complete=\${complete%% *}
     ${typed("pitot", "do")}
     ${typed("pitot", "show", "la")}
     ${typed("pitot", "show", "--js")}`,
  );
  expect(printed).toBe("doctor\nlast\n--json\n");
});

it.skipIf(!here("fish"))("completes in fish", () => {
  const printed = shell(
    "fish",
    ["--no-config", "-c"],
    `source "SCRIPT"; complete -C "pitot do"; complete -C "pitot show la"; complete -C "pitot show --js"`,
  );
  expect(printed.trim().split("\n")).toEqual([
    expect.stringMatching(/^doctor\ttell what is hooked/),
    expect.stringMatching(/^last\tthe newest$/),
    expect.stringMatching(/^--json\t/),
  ]);
});

it.skipIf(!here("zsh"))("completes in zsh, at its prompt", () => {
  // A shell in a terminal of its own, since zsh completes only where keys are pressed. Each wait ends by what it waits for.
  const printed = shell(
    "zsh",
    ["-f", "-c"],
    `zmodload zsh/zpty
     zpty -b terminal zsh -f -i
     until-shown() {
       local shown= chunk
       until [[ $shown == *$1* ]] { if zpty -r -t terminal chunk; then shown+=$chunk; else sleep 0.05; fi }
       print -r -- "shown: $1"
     }
     zpty -w terminal 'PROMPT=; autoload -Uz compinit; compinit -u -D; source "SCRIPT"; print LOA""DED'
     until-shown LOADED
     zpty -w -n terminal $'pitot do\\t'
     until-shown 'pitot doctor'
     zpty -w -n terminal $'\\C-upitot show la\\t'
     until-shown 'show last'
     zpty -w -n terminal $'\\C-upitot show --js\\t'
     until-shown 'show --json'
     zpty -d terminal`,
  );
  expect(printed.match(/^shown: .*$/gm)).toHaveLength(4);
});
