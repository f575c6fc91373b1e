# peer.pl ADDRESS:PORT FOLDER : what the scripts talk to, as far as they talk. The files in FOLDER say what it answers, and may
# change while it runs:
#   WORD      the answer to a four-letter word; none: it hangs up
#   error     ZooKeeper's error code for "exists" (0: the node is there, -101: it is not); none: it gives nobody a session
#   answer    the answer to any other frame, as it goes over the wire
#   silent    it takes everything and says nothing
# It writes what it was asked to `asked`: words, frames in hexadecimal.
use strict;
use warnings;
use IO::Socket::INET;

my ($place, $folder) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => $place, Listen => 20, ReuseAddr => 1) or die "$place: $!";
$SIG{CHLD} = 'IGNORE';
mkdir $folder;
note('ready', '');

sub slurp { my $file = "$folder/$_[0]"; return unless open my $in, '<:raw', $file; local $/; my $text = <$in>; return $text // '' }
sub note { open my $out, '>>', "$folder/$_[0]" or die "$folder/$_[0]: $!"; print $out $_[1] }
sub take {
  my ($peer, $size) = @_;
  my $all = '';
  while (length $all < $size) { sysread($peer, $all, $size - length $all, length $all) or exit }
  return $all;
}
sub frame {
  my ($peer, $size) = @_;
  my $frame = take($peer, unpack 'N', $size // take($peer, 4));
  note('asked', unpack('H*', $frame) . "\n");
  return $frame;
}

while (1) {
  my $peer = $server->accept or next;
  next if fork; # the parent
  sleep 300 if -e "$folder/silent";
  my $first = take($peer, 4);
  if ($first =~ /^[a-z]{4}$/) {
    note('asked', "$first\n");
    syswrite $peer, slurp($first) // '';
    exit;
  }
  my $frame = frame($peer, $first);
  if (length $frame != 44) {
    syswrite $peer, slurp('answer') // '';
    exit;
  }
  my $error = slurp('error') // exit;
  syswrite $peer, pack 'N N N N N N a16 C', 37, 0, 10000, 0x1ff, 1, 16, "\xff\x00\xc3\xa9secret", 0; # a session
  my $xid = unpack 'N', frame($peer);
  syswrite $peer, pack 'N N Q> l> a*', $error == 0 ? 84 : 16, $xid, 0x2ff, $error, $error == 0 ? "\xff" x 68 : '';
  frame($peer); # its farewell
  exit;
}
