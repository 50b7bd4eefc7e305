# Completion of chute for fish.

function __chute_names
    chute destination list 2>/dev/null | string replace -r ' {2,}(s3|backend|local) {2,}.*' ''
end

# The command is the first word, and nothing else: files may be called like it.
function __chute_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and contains -- $words[2] $argv
end

function __chute_no_command
    set -l words (commandline -opc)
    test (count $words) -eq 1; or not contains -- $words[2] send resume links link destination support version help
end

function __chute_verb
    set -l words (commandline -opc)
    test (count $words) -eq 3 -a "$words[2]" = destination; and contains -- $words[3] $argv
end

function __chute_first
    test (count (commandline -opc)) -eq 1
end

complete -c chute -n __chute_first -a send -d 'Send files and print their links'
complete -c chute -n __chute_first -a resume -d 'Go on with interrupted uploads, or drop them'
complete -c chute -n __chute_first -a links -d 'List what was sent'
complete -c chute -n __chute_first -a link -d 'Make a new link for something sent before'
complete -c chute -n __chute_first -a destination -d 'Set up where uploads go'
complete -c chute -n __chute_first -a support -d 'Print what a report needs'
complete -c chute -n __chute_first -a version -d 'Print the version'
complete -c chute -n __chute_first -a help -d 'Print the commands'

complete -c chute -n '__chute_no_command; or __chute_command send' -l to -x -a '(__chute_names)' -d Destination
complete -c chute -n __chute_no_command -l minimised -d 'Leave the window in the tray'
complete -c chute -n '__chute_command send link' -l expires -x -a '30m 1h 24h 7d' -d 'How long the link works'
complete -c chute -n '__chute_command send' -l zip -d 'Send all as one zip'
complete -c chute -n '__chute_command send' -l key -x -d 'Key of the object'
complete -c chute -n '__chute_command send resume links' -l json -d 'Print events for programs'
complete -c chute -n '__chute_command send' -l quiet -d 'Print links only'
complete -c chute -n '__chute_command send' -l no-serve -d 'Do not keep serving links to this computer'
complete -c chute -n '__chute_command resume' -l list -d 'List them'
complete -c chute -n '__chute_command resume' -l abort -d 'Drop them'

complete -c chute -n '__chute_command resume links link support version help' -f
complete -c chute -n '__chute_command destination; and not __chute_verb add' -f
complete -c chute -n '__chute_command destination; and test (count (commandline -opc)) -eq 2' -a 'list add login logout test remove'
complete -c chute -n '__chute_verb login logout test remove' -a '(__chute_names)'
