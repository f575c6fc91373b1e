using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets.Completion;

/// <summary>Completes regions of AWS, from the SDK's table.</summary>
public sealed class RegionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(AwsRegions.Names, wordToComplete);
}

/// <summary>Completes profiles, from AWS's config and credentials files.</summary>
public sealed class ProfileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(AwsProfiles.Names(), wordToComplete);
}
