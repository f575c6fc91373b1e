namespace KafkaK8s.Tests.Psh;

/// <summary>What psh was asked to do.</summary>
internal enum RunMode
{
    Help,
    Version,
    Command,
    File,
    Test,
}
