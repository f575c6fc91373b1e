using System.Net;
using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

public sealed class FieldConflictsTests
{
    private static readonly string[] Fields = [""".spec.template.spec.containers[name="kafka"].env[name="POD_NAME"].valueFrom.fieldRef""",
        ".spec.volumeClaimTemplates"];

    [Theory]
    [InlineData("spec.template.spec.containers[name=kafka].resources.limits.memory", false)]
    [InlineData("spec.template.spec.containers[name=kafka].env[name=EXTRA_PROPERTIES].value", false)]
    [InlineData("spec.replicas", false)]
    [InlineData("spec.template.spec.containers[name=kafka].env[name=POD_NAME].valueFrom.fieldRef.fieldPath", true)]
    [InlineData("spec.template.spec.containers[name=kafka].env", true)]
    [InlineData("spec.volumeClaimTemplates[name=data].spec.resources", true)]
    public void AChangeIsAConflictWhereItTouchesAFieldOfAnother(string path, bool touched) =>
        Assert.Equal(touched, FieldConflicts.AnyTouched(Fields, [new FieldChange(path, "a", "b")]));

    [Fact]
    public void NoChangeIsNoConflict() => Assert.False(FieldConflicts.AnyTouched(Fields, []));

    [Fact]
    public void FieldsAreReadFromARefusedApplyOnly()
    {
        const string Body =
            """{"kind":"Status","details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"x\"","field":".spec.replicas"},{"reason":"Other"}]}}""";
        Assert.Equal([".spec.replicas"], FieldConflicts.Read(HttpStatusCode.Conflict, Body));
        Assert.Empty(FieldConflicts.Read(HttpStatusCode.UnprocessableEntity, Body));
        Assert.Empty(FieldConflicts.Read(HttpStatusCode.Conflict, "<html>"));
    }
}
