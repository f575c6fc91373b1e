using KafkaK8s.Help;

if (args.Length < 5)
{
    Console.Error.WriteLine("usage: KafkaK8s.Help CMDLETS.dll PAGES-FOLDER BASE-ADDRESS OUTPUT-FOLDER REFERENCE.dll...");
    return 2;
}

try
{
    var problems = new List<string>();
    var help = new CmdletReader(CmdletAssembly.Load(args[0], args[4..]), args[1], args[2], problems).Read();
    foreach (string problem in problems)
        Console.Error.WriteLine($"{Path.GetFileName(args[0])} : error HELP001: {problem}"); // in the form that MSBuild takes up
    if (problems.Count > 0)
        return 1;
    MamlWriter.Write(help, Path.Combine(args[3], $"{Path.GetFileName(args[0])}-Help.xml"));
    foreach (string topic in Directory.EnumerateFiles(args[1], "about_*.md"))
        File.WriteAllText(Path.Combine(args[3], $"{Path.GetFileNameWithoutExtension(topic)}.help.txt"),
            AboutWriter.Text(Markdown.Read(File.ReadLines(topic))));
    Console.WriteLine($"{help.Count} cmdlets -> {args[3]}");
    return 0;
}
catch (Exception e) when (e is IOException or BadImageFormatException or System.Xml.XmlException or InvalidOperationException)
{
    Console.Error.WriteLine($"{Path.GetFileName(args[0])} : error HELP002: {e.Message}");
    return 1;
}
