/** The completion of bash, from version 3.2 on, which has neither `mapfile` nor `compopt`. */
import { type CommandWords, type OptionWords, type ProgramWords, quoted, type ValueKind } from './command-words.js';

export function bashCompletion(program: ProgramWords): string {
  const { name, version, commands } = program;
  const names = commands.map((command) => command.name);
  return `# bash completion of ${name} ${version}, made by "${name} completion bash"

# What may stand behind an option, or at a place, of a command: sets kind and words.
_${name}_kind() {
  kind='' words=''
  case "$1 $2" in
${[...kindCases('*', program.options), ...commands.flatMap(commandCases)].join('\n')}
  esac
}

_${name}_options() {
  case "$1" in
${commands.map((command) => `    ${quoted(command.name)}) words=${list(namesOf(command.options))} ;;`).join('\n')}
    *) words='' ;;
  esac
  words="$words "${list(namesOf(program.options))}
}

_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command='' option='' place=0 index kind='' words='' found
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [ -n "$option" ]; then
      option=''
    elif [[ "\${COMP_WORDS[index]}" == -* ]]; then
      _${name}_kind "$command" "\${COMP_WORDS[index]}"
      if [ -n "$kind" ]; then option="\${COMP_WORDS[index]}"; fi
    elif [ -z "$command" ]; then
      command="\${COMP_WORDS[index]}"
    else
      place=$((place + 1))
    fi
  done
  kind='words'
  if [ -n "$option" ]; then
    _${name}_kind "$command" "$option"
  elif [[ "$current" == -* ]]; then
    _${name}_options "$command"
  elif [ -z "$command" ]; then
    words=${list(names)}
  else
    _${name}_kind "$command" "$place"
  fi
  COMPREPLY=()
  while IFS= read -r found; do
    if [ -n "$found" ]; then COMPREPLY+=("$found"); fi
  done < <(
    case "$kind" in
      words) compgen -W "$words" -- "$current" ;;
      file) compgen -f -- "$current" ;;
      folder) compgen -d -- "$current" ;;
    esac
  )
  if [ "$kind" = file ] || [ "$kind" = folder ]; then compopt -o filenames 2>/dev/null || :; fi
  return 0
}

complete -F _${name} ${name}
`;
}

function commandCases(command: CommandWords): string[] {
  const { name, places, isVariadic } = command;
  return [
    ...kindCases(quoted(name), command.options),
    ...places.map((kind, index) => {
      const isRepeated = isVariadic && index === places.length - 1;
      return kindCase(`${quoted(`${name} `)}${isRepeated ? '[0-9]*' : index}`, kind);
    }),
  ];
}

function kindCases(command: string, options: readonly OptionWords[]): string[] {
  return options.flatMap(({ names, value }) =>
    value === null ? [] : names.map((name) => kindCase(`${command}${quoted(` ${name}`)}`, value)),
  );
}

function kindCase(pattern: string, value: ValueKind): string {
  return `    ${pattern}) kind=${value.kind}${value.kind === 'words' ? ` words=${list(value.words)}` : ''} ;;`;
}

function namesOf(options: readonly OptionWords[]): string[] {
  return options.flatMap(({ names }) => names);
}

function list(words: readonly string[]): string {
  return quoted(words.join(' '));
}
