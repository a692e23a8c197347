# Other programs: exec, sh -c, the environment, scripts as programs.
sh -c 'echo "$0 $1 $2"' name one 'two words'
sh -c 'args "$@"' name '' 'a b' '	tab' 'new
line' '*' '"' "'" '\'
echo 'echo "read from standard input: $1"' | sh -s argument
echo 'echo "a file: $0 $*"; exit 7' >file; sh file 1 2; echo "$?"
args; args ''; args a '' b
(exec sh -c 'echo replaced; exit 3'); echo "$?"
(exec nosuchprogram); echo "$?"
(exec args in place; echo not here)
exec_status() { (exec sh -c "exit $1"); echo "$?"; }; exec_status 4
(exec 3>three; exec sh -c 'echo kept open >&3'); cat three

echo "-- scripts as programs"
./helper one two; echo "$?"
./bare one two; echo "$?"
PATH=$PATH:. ; helper found; bare found; PATH=${PATH%:.}
env ./helper through env; echo "$?"
sh -c './helper in "$1"' x sh | cat

echo "-- the environment"
ONE=1 OTHER_WORDS='two words' env | grep OTHER_WORDS=
LINES_OF_IT='with
newline' sh -c 'echo "$LINES_OF_IT"'
env NUMBER=3 sh -c 'echo $NUMBER'
export HANDED_ON=exported; env | grep HANDED_ON=; unset HANDED_ON; env | grep HANDED_ON=; echo "$?"
EMPTY= sh -c 'echo "${EMPTY-unset}" "${EMPTY:-empty}"'
OLDPATH=$PATH; PATH=/nowhere; cat file; echo "$?"; PATH=$OLDPATH
env nosuchprogram; echo "$?"

echo "-- long ones"
long=$(seq 1 5000); args $long | wc
sh -c 'echo $#' x $long
BIG=$long sh -c 'echo "$BIG" | wc'

echo "-- generations"
sh -c 'sh -c "sh -c \"echo great-grandchild; exit 9\"; exit \$?"; exit $?'; echo "$?"
depth() { if [ "$1" -gt 0 ]; then sh -c ". ./depth; depth $(($1 - 1))"; echo "$1"; fi; }
echo 'depth() { if [ "$1" -gt 0 ]; then sh -c ". ./depth; depth $(($1 - 1))"; echo "$1"; fi; }' >depth
depth 5
exec sh -c 'echo "the last one: $1"; exit 11' x gone
