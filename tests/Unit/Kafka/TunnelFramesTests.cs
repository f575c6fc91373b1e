using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

public sealed class TunnelFramesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(64)]
    [InlineData(4096)]
    public void In_pieces_of_any_size_the_addresses_are_rewritten_and_all_else_passes(int size)
    {
        var frames = new TunnelFrames(id => 40_000 + id);
        byte[] requests = [.. Request(0, 9, 1, 100), .. Request(3, 4, 42, 0), .. Request(1, 11, 2, 33), .. Request(3, 4, 43, 17),
            .. Request(0, 9, 3, 5)];
        foreach (byte[] piece in requests.Chunk(size))
            frames.Requests(piece);

        byte[] from = [.. Other(1, 40), .. Metadata(42, "a", 9), .. Other(2, 0), .. Other(5, 3000), .. Metadata(43, "b", 8),
            .. Other(3, 1)];
        byte[] to = [.. Other(1, 40), .. Metadata(42, "127.0.0.1", 40_007), .. Other(2, 0), .. Other(5, 3000),
            .. Metadata(43, "127.0.0.1", 40_007), .. Other(3, 1)];
        var sent = new List<byte>();
        foreach (byte[] piece in from.Chunk(size))
        {
            var pass = new List<ReadOnlyMemory<byte>>();
            frames.Answers(piece, pass);
            sent.AddRange(pass.SelectMany(p => p.ToArray()));
        }

        Assert.Equal(to, sent);
    }

    [Fact]
    public void Whole_frames_that_stay_as_they_are_pass_in_one_piece_without_a_copy()
    {
        var frames = new TunnelFrames(_ => throw new InvalidOperationException());
        byte[] piece = [.. Other(1, 40), .. Other(2, 0), .. Other(3, 3000)];
        var pass = new List<ReadOnlyMemory<byte>>();
        frames.Answers(piece, pass);
        Assert.True(Assert.Single(pass).Span.Overlaps(piece, out int at) && at == 0 && pass[0].Length == piece.Length);
    }

    [Fact]
    public void An_answer_is_rewritten_once_though_its_number_comes_again()
    {
        var frames = new TunnelFrames(id => 40_000 + id);
        frames.Requests(Request(3, 4, 42, 0));
        var pass = new List<ReadOnlyMemory<byte>>();
        frames.Answers(Metadata(42, "a", 9), pass);
        frames.Answers(Other(42, 9), pass);
        Assert.Equal(Other(42, 9), pass[1].ToArray());
    }

    [Fact]
    public void What_is_no_frame_is_refused()
    {
        Assert.Throws<FormatException>(() => new TunnelFrames(_ => 0).Requests("\0\0\0\u0003GET / HTTP/1.1"u8));
        Assert.Throws<FormatException>(() => new TunnelFrames(_ => 0).Answers(new byte[8], []));
    }

    private static byte[] Request(short key, short version, int correlation, int length) =>
        WireWriter.Request(key, version, correlation, w => w.Bytes(new byte[length]));

    private static byte[] Other(int correlation, int length) =>
        Frame(correlation, w => w.Bytes(Enumerable.Repeat((byte)0xab, length).ToArray()));

    private static byte[] Metadata(int correlation, string host, int port) => Frame(correlation, w =>
    {
        w.Int32(0);
        w.Count(1);
        w.Int32(7);
        w.Text(host);
        w.Int32(port);
        w.Text(null);
        w.Bytes("and so on"u8);
    });

    private static byte[] Frame(int correlation, Action<WireWriter> body)
    {
        var w = new WireWriter();
        w.Int32(0);
        w.Int32(correlation);
        body(w);
        return w.Frame();
    }
}
