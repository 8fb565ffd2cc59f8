/** The commands that make files of ours from documents of others, with their options. */
import { type Command, Option } from 'commander';
import type { CommandContext } from '../program.js';

export function addConversions(program: Command, context: CommandContext): void {
  addInit(program, context);
  addImport(program, context);
}

function addInit(program: Command, { console }: CommandContext): void {
  program
    .command('init')
    .description('make policy, adapter and three scenarios of an OpenAPI document')
    .argument('<file>', 'OpenAPI 3.0 or 3.1, YAML or JSON')
    .option('--out <dir>', "an empty folder, or one that is made (default: the API's name)")
    .addHelpText(
      'after',
      `
What the document does not tell is marked "say here" in the files, and listed.

Examples:
  floodproof init openapi.yaml
  floodproof init openapi.json --out flood-tests`,
    )
    .action(async (file: string, { out }) => {
      const { initCommand } = await import('../init.js');
      console.result(initCommand(file, out ?? null));
    });
}

function addImport(program: Command, { console }: CommandContext): void {
  program
    .command('import')
    .description("make a policy of a proxy's limits: nginx, Envoy, Kong")
    .argument('<file>', 'nginx.conf, a bootstrap or rate limit file of Envoy, kong.yaml')
    .addOption(
      new Option('--from <proxy>', 'whose file it is (default: told by the file)').choices(['nginx', 'envoy', 'kong']),
    )
    .option('--adapter <file>', 'the paths of your API, to tell which requests a location is for')
    .option('--server <name>', 'nginx: which server, where several have limits')
    .option('--out <file>', 'where the policy is written; never over a file that is there (default: printed)')
    .addHelpText(
      'after',
      `
What could not be read is said, with its line, in the policy and on stderr.

Examples:
  nginx -T > nginx.txt; floodproof import nginx.txt --out policy.yaml
  floodproof import kong.yaml --adapter my-api.yaml --out policy.yaml
  floodproof import ratelimit.yaml --from envoy`,
    )
    .action(async (file: string, options) => {
      const { importCommand } = await import('../import.js');
      importCommand(
        file,
        {
          from: options.from ?? null,
          adapter: options.adapter ?? null,
          server: options.server ?? null,
          out: options.out ?? null,
        },
        console,
      );
    });
}
