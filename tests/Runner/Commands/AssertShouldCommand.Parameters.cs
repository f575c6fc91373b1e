using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>The parameters of Should: one set per operator, named as its switch, as in Pester.</summary>
public sealed partial class AssertShouldCommand
{
    /// <summary>The value or values to look at.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? ActualValue { get; set; }

    /// <summary>Turns the assertion round.</summary>
    [Parameter]
    public SwitchParameter Not { get; set; }

    /// <summary>The reason, for the message.</summary>
    [Parameter]
    public string? Because { get; set; }

    /// <summary>The value to compare with.</summary>
    [Parameter(ParameterSetName = nameof(Be), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeExactly), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeGreaterThan), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeGreaterOrEqual), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeLessThan), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeLessOrEqual), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeLike), Position = 0)]
    [Parameter(ParameterSetName = nameof(Contain), Position = 0)]
    [Parameter(ParameterSetName = nameof(HaveCount), Position = 0)]
    [Parameter(ParameterSetName = nameof(BeIn), Position = 0)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public object? ExpectedValue { get; set; }

    /// <summary>The regular expression.</summary>
    [Parameter(ParameterSetName = nameof(Match), Position = 0)]
    public string? RegularExpression { get; set; }

    /// <summary>The type or its name.</summary>
    [Parameter(ParameterSetName = nameof(BeOfType), Position = 0)]
    public object? ExpectedType { get; set; }

    /// <summary>Wildcard pattern of the error's message.</summary>
    [Parameter(ParameterSetName = nameof(Throw), Position = 0)]
    public string? ExpectedMessage { get; set; }

    /// <summary>Wildcard pattern of the error's fully qualified id.</summary>
    [Parameter(ParameterSetName = nameof(Throw), Position = 1)]
    public string? ErrorId { get; set; }

    /// <summary>Type of the error's exception.</summary>
    [Parameter(ParameterSetName = nameof(Throw), Position = 2)]
    public Type? ExceptionType { get; set; }

    /// <summary>Outputs the error, for more assertions on it.</summary>
    [Parameter(ParameterSetName = nameof(Throw))]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Equal, as -eq.</summary>
    [Parameter(ParameterSetName = nameof(Be), Mandatory = true)]
    [Alias("EQ")]
    public SwitchParameter Be { get; set; }

    /// <summary>Equal, as -ceq.</summary>
    [Parameter(ParameterSetName = nameof(BeExactly), Mandatory = true)]
    [Alias("CEQ")]
    public SwitchParameter BeExactly { get; set; }

    /// <summary>Null, an empty string or an empty collection.</summary>
    [Parameter(ParameterSetName = nameof(BeNullOrEmpty), Mandatory = true)]
    public SwitchParameter BeNullOrEmpty { get; set; }

    /// <summary>True, or what counts as true.</summary>
    [Parameter(ParameterSetName = nameof(BeTrue), Mandatory = true)]
    public SwitchParameter BeTrue { get; set; }

    /// <summary>False, or what counts as false.</summary>
    [Parameter(ParameterSetName = nameof(BeFalse), Mandatory = true)]
    public SwitchParameter BeFalse { get; set; }

    /// <summary>As -gt.</summary>
    [Parameter(ParameterSetName = nameof(BeGreaterThan), Mandatory = true)]
    [Alias("GT")]
    public SwitchParameter BeGreaterThan { get; set; }

    /// <summary>As -ge.</summary>
    [Parameter(ParameterSetName = nameof(BeGreaterOrEqual), Mandatory = true)]
    [Alias("GE")]
    public SwitchParameter BeGreaterOrEqual { get; set; }

    /// <summary>As -lt.</summary>
    [Parameter(ParameterSetName = nameof(BeLessThan), Mandatory = true)]
    [Alias("LT")]
    public SwitchParameter BeLessThan { get; set; }

    /// <summary>As -le.</summary>
    [Parameter(ParameterSetName = nameof(BeLessOrEqual), Mandatory = true)]
    [Alias("LE")]
    public SwitchParameter BeLessOrEqual { get; set; }

    /// <summary>As -like.</summary>
    [Parameter(ParameterSetName = nameof(BeLike), Mandatory = true)]
    public SwitchParameter BeLike { get; set; }

    /// <summary>As -match.</summary>
    [Parameter(ParameterSetName = nameof(Match), Mandatory = true)]
    public SwitchParameter Match { get; set; }

    /// <summary>As -contains.</summary>
    [Parameter(ParameterSetName = nameof(Contain), Mandatory = true)]
    public SwitchParameter Contain { get; set; }

    /// <summary>So many objects.</summary>
    [Parameter(ParameterSetName = nameof(HaveCount), Mandatory = true)]
    public SwitchParameter HaveCount { get; set; }

    /// <summary>As -is.</summary>
    [Parameter(ParameterSetName = nameof(BeOfType), Mandatory = true)]
    [Alias("HaveType")]
    public SwitchParameter BeOfType { get; set; }

    /// <summary>As -in.</summary>
    [Parameter(ParameterSetName = nameof(BeIn), Mandatory = true)]
    public SwitchParameter BeIn { get; set; }

    /// <summary>The script block ends with an error.</summary>
    [Parameter(ParameterSetName = nameof(Throw), Mandatory = true)]
    public SwitchParameter Throw { get; set; }

    /// <summary>The path exists.</summary>
    [Parameter(ParameterSetName = nameof(Exist), Mandatory = true)]
    public SwitchParameter Exist { get; set; }
}
