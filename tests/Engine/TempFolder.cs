namespace KafkaK8s.Tests.Engine;

/// <summary>A folder that goes with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kafkak8s-engine-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
