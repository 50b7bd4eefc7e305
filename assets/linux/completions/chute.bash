# Completion of chute for bash, with the functions of bash-completion.

# _chute_names offers the names of destinations, which may hold spaces.
_chute_names() {
	local name
	while IFS= read -r name; do
		[[ $name == "${cur//\\/}"* ]] && COMPREPLY+=("$(printf %q "$name")")
	done < <(chute destination list 2>/dev/null | sed -E 's/ {2,}(s3|backend|local) {2,}.*//')
}

_chute() {
	local cur prev words cword
	_init_completion || return

	local command='' flags=''
	((cword > 1)) && command=${words[1]}
	case $prev in
	--to)
		_chute_names
		return
		;;
	--expires)
		mapfile -t COMPREPLY < <(compgen -W '30m 1h 24h 7d' -- "$cur")
		return
		;;
	--key) return ;;
	esac

	case $command in
	send) flags='--to --expires --zip --key --json --quiet --no-serve' ;;
	resume) flags='--list --abort --json' ;;
	links) flags='--json' ;;
	link) flags='--expires' ;;
	destination | support | version | help) ;;
	*) flags='--to --minimised' ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
		return
	fi

	case $command in
	resume | links | link | support | version | help) ;;
	destination)
		if ((cword == 2)); then
			mapfile -t COMPREPLY < <(compgen -W 'list add login logout test remove' -- "$cur")
			return
		fi
		case ${words[2]} in
		add) _filedir ;;
		login | logout | test | remove) ((cword == 3)) && _chute_names ;;
		esac
		;;
	*)
		_filedir
		if ((cword == 1)); then
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W 'send resume links link destination support version help' -- "$cur")
		fi
		;;
	esac
}

complete -F _chute chute
