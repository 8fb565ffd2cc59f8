/** One table of commands and options, from which the help is made. A command's code is loaded when it is run. */
import { Command, CommanderError } from 'commander';
import type { Console, ConsoleChoice } from './console.js';
import { addCapture } from './options/capture-options.js';
import { addList, addNew, addValidate } from './options/catalogue-commands.js';
import { addCompare } from './options/compare-options.js';
import { addCompletion } from './options/completion-options.js';
import { addConsent } from './options/consent-options.js';
import { addConversions } from './options/conversion-options.js';
import { addDoctor } from './options/doctor-options.js';
import { addExplain, addGateway } from './options/gateway-options.js';
import { addJudge } from './options/judge-options.js';
import { addBench, addCheck, addSelftest } from './options/measure-options.js';
import { addProbe } from './options/probe-options.js';
import { addRecord } from './options/record-options.js';
import { addReport, addUi } from './options/report-options.js';
import { addReplay, addRun } from './options/run-options.js';
import { capacityOption, engineOption, exitCodes, wholeNumber } from './options/values.js';
import { packageVersion } from './versions.js';

/** What a command needs: where it writes, and where its exit code goes. */
export interface CommandContext {
  readonly console: Console;
  readonly setExit: (code: number) => void;
}

/** @param onChoice - Told, before the command runs, what the command line says of the writing itself. */
export function buildProgram(context: CommandContext, onChoice: (choice: ConsoleChoice) => void): Command {
  const program = new Command('floodproof')
    .description(
      'Plays honest and abusive traffic together against an API that meters and authenticates its callers, and says ' +
        'whether the throttle and the signature check hold while honest customers still get through.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    // These are understood before and after the name of the command.
    .option('-q, --quiet', 'write nothing but results (stdout) and errors (stderr)')
    .option('--no-color', 'no colours, whatever the environment says (NO_COLOR, FORCE_COLOR)')
    .helpOption('-h, --help', 'print the help of a command')
    // Errors are thrown, and printed in one form with all others; so is the wish for help of a line without a command.
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (title === 'Global Options:' ? 'Options of every command:' : title),
    })
    .hook('preAction', (top) => {
      const { quiet = false, color } = top.opts<{ quiet?: boolean; color: boolean }>();
      onChoice({ quiet, color });
    })
    .exitOverride();
  addCommands(program, context);
  program.addHelpText('after', exitCodes);
  program.addHelpText(
    'after',
    `
Examples:
  floodproof run scenarios/release
  floodproof list --tag flood
  floodproof explain scenarios/release/replay.yaml
  floodproof gateway --policy scenarios/policies/spot-exchange.yaml`,
  );
  return program;
}

/** In the groups and the order of the help. A command stands in the group that was named last. */
function addCommands(program: Command, context: CommandContext): void {
  program.commandsGroup('Play and judge:');
  addRun(program, context);
  addReplay(program, context);
  addJudge(program, context);
  program.commandsGroup('Look at runs:');
  addReport(program, context);
  addCompare(program, context);
  addUi(program, context);
  program.commandsGroup('Scenarios and policies:');
  addList(program, context);
  addExplain(program, context);
  addNew(program, context);
  addValidate(program, context, capacityOption());
  addConversions(program, context);
  program.commandsGroup('Your own API:');
  addDoctor(program, context, wholeNumber);
  addProbe(program, context, engineOption());
  addCapture(program, context, wholeNumber);
  addRecord(program, context);
  addConsent(program, context);
  program.commandsGroup('Limiters, and this tool itself:');
  addCheck(program, context);
  addBench(program, context);
  addSelftest(program, context);
  addGateway(program, context);
  addCompletion(program, context);
  program.helpCommand('help [command]', 'print the help of a command');
}

/** Whether nothing was asked for: a line without a command. */
export function isMenuWanted(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help' && error.exitCode !== 0;
}
