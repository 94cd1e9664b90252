namespace GenKernels.Tests.Runtime.Compilation;

public sealed class HostCompilerTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void AVariableMayNameAProgramWithArguments()
    {
        string program = Program("my compiler"), wrapper = Program("wrapper");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(HostCompiler.Split(program), Is.EqualTo(new[] { program }), "a path with a space");
            Assert.That(HostCompiler.Split($"{wrapper}  c++ -m64 "), Is.EqualTo(new[] { wrapper, "c++", "-m64" }));
            Assert.That(HostCompiler.Split(_folder.File("none -m64")), Is.Empty);
            Assert.That(HostCompiler.Split(" "), Is.Empty);
        }
    }

    [Test]
    public void TheKeyOfTheCacheKnowsEveryProgramAndArgument()
    {
        string wrapper = Program("wrapper"), compiler = Program("compiler");
        string[] keys =
        [
            HostCompiler.Identity([wrapper]),
            HostCompiler.Identity([wrapper, compiler]),
            HostCompiler.Identity([wrapper, compiler, "-m64"]),
        ];
        Assert.That(keys, Is.Unique);
        File.SetLastWriteTimeUtc(compiler, DateTime.UnixEpoch);
        Assert.That(HostCompiler.Identity([wrapper, compiler]), Is.Not.EqualTo(keys[1]), "another version");
        Assert.That(HostCompiler.Identity([wrapper]), Is.EqualTo(keys[0]));
    }

    private string Program(string name)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, "");
        return path;
    }
}
