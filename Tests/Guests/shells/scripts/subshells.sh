# Subshells and command substitution: what they share and what they do not.
value=outside
(value=inside; echo "$value"); echo "$value"
{ value=braces; }; echo "$value"
(exit 5); echo "$?"
(false; exit); echo "$?"
( (exit 6) ); echo "$?"
a=$(echo one; echo two); echo "$a"
b=$(exit 7); echo "$?"
echo "$(exit 8)" "$?"
c=`echo back\`echo quoted\``; echo "$c"
echo "$(echo "$(echo "$(echo nested)")")"
echo $(seq 1 5) "$(printf 'ends with newlines\n\n\n')"
d=$(echo error >&2) 2>/dev/null; echo "<$d>"
e=$(cat <<END
in a here-document
END
); echo "$e"
words=$(seq 1 10000); set -- $words; echo $#

echo "-- directories"
mkdir place place/deeper
(cd place; echo text >file; ls; cd deeper; echo "${PWD##*/}"); ls
cd place/deeper; echo "${PWD##*/}"; cd ..; cat file; cat ../place/file; cd - >/dev/null; echo "${PWD##*/}"
cd ../..; ls place
cd nowhere; echo "$?"
(cd place && sh -c 'cat file; echo "${PWD##*/}"; cd deeper; ls ..')
pwd | tail -n 1 | tr -d '\n' | wc | tail -n 1 >/dev/null; cd place; [ "$(pwd)" = "$(sh -c pwd)" ] && echo agree; cd ..

echo "-- variables"
export EXPORTED=1; HERE=2; sh -c 'echo "${EXPORTED-unset} ${HERE-unset}"'
EXPORTED=3 sh -c 'echo "$EXPORTED"'; echo "$EXPORTED"
(EXPORTED=4; sh -c 'echo "$EXPORTED"'); echo "$EXPORTED"
(umask 077; umask); umask 022; umask
(set -f; echo *); echo [op]*
f() { echo "first f"; }; (f() { echo "second f"; }; f); f
unset HERE; echo "${HERE-unset}"
[ "$(echo $$)" = "$$" ] && echo "same shell by number"
[ "$(sh -c 'echo $PPID')" = "$$" ] && echo "it is the parent"

echo "-- loops of them"
i=0; while [ $i -lt 40 ]; do i=$(($(echo $i) + 1)); done; echo $i
for x in 1 2 3; do (for y in 1 2; do (echo "$x$y"); done); done
