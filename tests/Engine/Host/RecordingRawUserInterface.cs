using System.Management.Automation.Host;

namespace KafkaK8s.Tests.Host;

/// <summary>A window of fixed size that cannot be drawn on: enough for the formatter to know its width.</summary>
internal sealed class RecordingRawUserInterface(int width) : PSHostRawUserInterface
{
    private Size size = new(width, 50);

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override Size BufferSize { get => size; set => size = value; }

    public override Coordinates CursorPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override bool KeyAvailable => false;

    public override Size MaxPhysicalWindowSize => size;

    public override Size MaxWindowSize => size;

    public override Coordinates WindowPosition { get; set; }

    public override Size WindowSize { get => size; set => size = value; }

    public override string WindowTitle { get; set; } = string.Empty;

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
    }
}
