"""The few lines that each shell runs at Tab: they hand over the line up to the cursor and offer what comes back.

Not Typer's own: those pass what comes back through `eval`, and a deal may be called `$(rm -rf ~)`. Nor is a word ever
expanded without quotes: a deal called `Acme *` would become the file beside it that is called `Acme $(rm -rf ~)`.
"""

from __future__ import annotations

BASH = r"""
_pipeline_completion() {
    local value
    COMPREPLY=()
    while IFS= read -r value; do
        COMPREPLY+=("$value")
    done < <(_PIPELINE_COMPLETE=bash _PIPELINE_LINE="${COMP_LINE:0:COMP_POINT}" "$1" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return 0
}

complete -o nosort -o default -F _pipeline_completion pipeline
"""

ZSH = r"""
#compdef pipeline

_pipeline_completion() {
    local -a values shown open
    local value text
    while IFS=$'\t' read -r value text; do
        [[ $value == *= ]] && { open+=("$value"); continue }
        values+=("$value")
        shown+=("$value${text:+  $text}")
    done < <(_PIPELINE_COMPLETE=zsh _PIPELINE_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" $words[1] 2>/dev/null)
    (( $#values + $#open )) || { _files; return }
    (( $#open )) && compadd -U -S '' -a open
    (( $#values )) && compadd -U -l -V pipeline -d shown -a values
    [[ $#values -gt 1 && -n $PREFIX && ${(L)values[1]} != ${(L)PREFIX}* ]] && compstate[insert]=menu
    return 0
}

if [[ $funcstack[1] == _pipeline ]]; then
    _pipeline_completion "$@"
else
    compdef _pipeline_completion pipeline
fi
"""

FISH = r"""
function __pipeline_offers
    set -l found (env _PIPELINE_COMPLETE=fish _PIPELINE_LINE=(commandline -cp | string collect) pipeline 2>/dev/null)
    if test (count $found) -gt 0
        string join \n -- $found
    else
        __fish_complete_path (commandline -ct)
    end
end

complete --command pipeline --no-files --keep-order --arguments '(__pipeline_offers)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def install_ours() -> None:
    """Typer's --install-completion and --show-completion take these from now on."""
    from typer import _completion_shared

    _completion_shared._completion_scripts.update(SCRIPTS)
