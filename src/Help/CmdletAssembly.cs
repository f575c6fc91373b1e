using System.Reflection;
using System.Runtime.Loader;

namespace KafkaK8s.Help;

/// <summary>Loads the assembly of the cmdlets so that its classes can be made: their initialisers tell the defaults.</summary>
internal static class CmdletAssembly
{
    /// <summary>Loads it; what it needs is looked for beside it, then among the references of its compilation.</summary>
    /// <param name="file">The assembly.</param>
    /// <param name="references">The engine among them: a reference library is enough, as nothing is run.</param>
    public static Assembly Load(string file, IEnumerable<string> references)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var byName = references.ToLookup(r => Path.GetFileNameWithoutExtension(r), StringComparer.OrdinalIgnoreCase);
        var context = new AssemblyLoadContext("cmdlets");
        context.Resolving += (_, name) =>
        {
            string beside = Path.Combine(folder, name.Name + ".dll");
            string? found = File.Exists(beside) ? beside : byName[name.Name!].FirstOrDefault();
            return found is null ? null : context.LoadFromAssemblyPath(Path.GetFullPath(found));
        };
        return context.LoadFromAssemblyPath(Path.GetFullPath(file));
    }
}
