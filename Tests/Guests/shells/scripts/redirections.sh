# Files, descriptors of every number, here-documents.
seq 3 >one
seq 4 5 >>one
cat <one
wc <one
cat one nofile >out 2>err; echo "$?"
cat out err
cat nofile one >both 2>&1; wc <both
{ echo to out; echo to err >&2; } 2>swapped 3>&1 1>&2 2>&3
cat swapped

echo "-- three and above"
exec 3>third; echo to three >&3; echo more >&3; exec 3>&-; cat third
exec 3>a 4>b 5>c; echo 5 >&5; echo 4 >&4; echo 3 >&3; exec 3>&- 4>&- 5>&-; cat a b c
exec 6<one; read line <&6; echo "$line"; read line <&6; echo "$line"; cat <&6; exec 6<&-
exec 7<>third; read line <&7; echo rewritten >&7; exec 7>&-; cat third
exec 8>&1; echo through eight >&8; echo again 1>&8; exec 8>&-
exec 9>&1 >captured; echo kept; exec >&9 9>&-; cat captured
while read a <&3 && read b <&4; do echo "$a-$b"; done 3<one 4<third
(exec 3>inner; sh -c 'echo a program has it >&3'; cat inner)
echo 1 3>&1 >&3 | cat
sh -c 'echo from outside >&5' 5>five; cat five
cat 3<one <&3 | tail -n 1
{ cat one >&4; } 4>four; wc <four

echo "-- not open"
(echo lost >&8) 2>/dev/null; echo "$?"
(cat <&7) 2>/dev/null; echo "$?"
echo "-- cannot be opened"
cat <nofile; echo "$?"
echo text >no/such/directory; echo "$?"
set -C; echo again >one; echo "$?"; echo forced >|one; set +C; cat one
>empty; wc <empty

echo "-- here-documents"
name=value
cat <<END
$name and $(echo command) and \$name and $((6 * 7))
END
cat <<'END'
$name and $(echo command)
END
	cat <<-END
	without tabs
	END
cat <<A; cat <<B
first
A
second
B
cat <<END | tr a-z A-Z | sort
one
two $(cat <<INNER
inside
INNER
)
END
while read line; do echo "[$line]"; done <<END
a  b
  c
END
long=$(seq 1 20000)
cat <<END | wc
$long
END
cat <<END 3<<OTHER <&3
from standard input
END
from three
OTHER
