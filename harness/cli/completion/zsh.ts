/** The completion of zsh. */
import { type CommandWords, type OptionWords, type ProgramWords, quoted, type ValueKind } from './command-words.js';

export function zshCompletion(program: ProgramWords): string {
  const { name, version, commands } = program;
  return `#compdef ${name}
# zsh completion of ${name} ${version}, made by "${name} completion zsh"

_${name}() {
  local context state state_descr line curcontext="$curcontext"
  typeset -A opt_args
  local -a common commands
  common=(
${program.options.map((option) => `    ${optionSpec(option)}`).join('\n')}
  )
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join('\n')}
  )
  _arguments -C $common '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

# Read as a file of its own it defines the function; autoloaded it is the function.
if [ "$funcstack[1]" = _${name} ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandCase({ name, options, places, isVariadic }: CommandWords): string {
  const specs = [
    ...options.map(optionSpec),
    ...places.map((kind, index) => {
      const place = isVariadic && index === places.length - 1 ? '*' : String(index + 1);
      return quoted(`${place}: :${action(kind)}`);
    }),
  ];
  return `        ${name})
          _arguments $common \\
            ${specs.length > 0 ? specs.join(' \\\n            ') : "'*: : '"}
          ;;`;
}

/** One name alone, or several of which one is enough: `'(-q --quiet)'{-q,--quiet}'[...]'`. */
function optionSpec({ names, description, value }: OptionWords): string {
  const text = `[${description.replace(/[[\]:\\]/g, '\\$&')}]${value === null ? '' : `: :${action(value)}`}`;
  // What may be given often is proposed again.
  const repeated = /may be given often/.test(description) ? '*' : '';
  if (names.length === 1) return quoted(`${repeated}${names[0]}${text}`);
  return `'(${names.join(' ')})'{${names.join(',')}}${quoted(text)}`;
}

function action(value: ValueKind): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'any':
      return ' ';
  }
}
