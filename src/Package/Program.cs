using KafkaK8s.Package;

if (args.Length is not 1 and < 4)
{
    Console.Error.WriteLine("usage: KafkaK8s.Package MODULE-FOLDER [OUTPUT-FOLDER-OF-THE-COMPILER PACKAGE-FOLDER RID...]");
    return 2;
}

try
{
    var module = new ModuleFiles(args[0]);
    if (args.Length == 1)
        module.WriteFileList();
    foreach (string rid in args.Skip(3))
        Console.WriteLine(module.Pack(args[1], rid, args[2]));
    return 0;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"{args[0]} : error PACK001: {e.Message}"); // in the form that MSBuild takes up
    return 1;
}
