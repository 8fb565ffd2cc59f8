/** One table of commands and options, from which the help is made. A command's code is loaded when it is run. */
import { Command } from 'commander';
import type { Console } from './console.js';
import { addCapture } from './options/capture-options.js';
import { addList, addNew, addValidate } from './options/catalogue-commands.js';
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

export function buildProgram(context: CommandContext): Command {
  const program = new Command('floodproof')
    .description(
      'Plays honest and abusive traffic together against an API that meters and authenticates its callers, and says ' +
        'whether the throttle and the signature check hold while honest customers still get through.',
    )
    .version(packageVersion())
    // Errors are thrown, and printed in one form with all others.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addRun(program, context);
  addReplay(program, context);
  addReport(program, context);
  addUi(program, context);
  addProbe(program, context, engineOption());
  addJudge(program, context);
  addDoctor(program, context, wholeNumber);
  addCapture(program, context, wholeNumber);
  addRecord(program, context);
  addList(program, context);
  addNew(program, context);
  addExplain(program, context);
  addValidate(program, context, capacityOption());
  addGateway(program, context);
  addBench(program, context);
  addCheck(program, context);
  addSelftest(program, context);
  addConversions(program, context);
  addConsent(program, context);
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
