/** `floodproof completion`: its options. */
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../program.js';

export function addCompletion(program: Command, { console }: CommandContext): void {
  program
    .command('completion')
    .description('print a script by which a shell completes commands, options and values')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Install it as a file where the shell looks for it; write it anew after an update:
  floodproof completion bash > ~/.local/share/bash-completion/completions/floodproof
  floodproof completion zsh > "\${fpath[1]}/_floodproof"
  floodproof completion fish > ~/.config/fish/completions/floodproof.fish

Or for this shell alone (zsh: after compinit):
  source <(floodproof completion bash)
  source <(floodproof completion zsh)
  floodproof completion fish | source`,
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { completionCommand } = await import('../completion/completion.js');
      console.result(completionCommand(program, shell));
    });
}
