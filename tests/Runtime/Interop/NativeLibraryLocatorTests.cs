using GenKernels.Runtime.Interop;

namespace GenKernels.Tests.Runtime.Interop;

public sealed class NativeLibraryLocatorTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [Test]
    public void ANamedPathThatIsNotThereIsAnErrorThatTellsIt()
    {
        NativeLibraryLocator locator = Locator(("GENKERNELS_SAMPLE", "/nowhere/libsample.so.1"));
        Assert.That(locator.IsFound, Is.False);
        Assert.That(
            () => locator.Handle,
            Throws.TypeOf<LibraryNotFoundException>().With.Message.EqualTo(
                "Sample was not found; install it, or name its path in GENKERNELS_SAMPLE "
                + "(tried: /nowhere/libsample.so.1)"));
    }

    [Test]
    public void EveryPathTriedIsListed()
    {
        NativeLibraryLocator locator = Locator(
            ("GENKERNELS_LIBRARY_PATH", "/one:/two"), ("CUDA_PATH", "/toolkit"), ("VIRTUAL_ENV", "/environment"));
        string[] expected =
        [
            "/one/libsample.so.2", "/one/libsample.so.1", "/two/libsample.so.2", "/toolkit/lib64/libsample.so.1",
            "libsample.so.2 (", "/usr/local/cuda",
            "/environment/lib/python3*/site-packages/nvidia/*/lib/libsample.so.1",
        ];
        foreach (string path in expected) Assert.That(locator.Report, Does.Contain(path));
    }

    [Test]
    public void AFileThatDoesNotLoadIsToldWithTheLoadersReason()
    {
        string path = _folder.File("libsample.so.1");
        File.WriteAllText(path, "no library");
        NativeLibraryLocator locator = Locator(("GENKERNELS_LIBRARY_PATH", _folder.Path));
        Assert.That(locator.IsFound, Is.False);
        Assert.That(locator.Report, Does.Contain($"{path} (").And.Contain("file too short"));
    }

    [Test]
    public void ANamedFolderComesBeforeTheLoadersPath()
    {
        Assume.That(NativeLibraries.OpenBlas.IsFound, NativeLibraries.OpenBlas.Report);
        File.WriteAllText(_folder.File("libm.so.6"), "no library");
        NativeLibraryLocator locator = new(
            "mathematics", "libm", () => ["libm.so.6"], "install it",
            environment: Variables(("GENKERNELS_LIBRARY_PATH", _folder.Path)));
        Assert.That(locator.Path, Is.EqualTo("libm.so.6"));
        Assert.That(
            locator.Report, Does.Contain(_folder.Path), "what failed on the way is told though another was found");
        Assert.That(locator.FindFunction("cos"), Is.Not.EqualTo((nint)0));
        Assert.That(locator.FindFunction("no_such_function"), Is.EqualTo((nint)0));
    }

    [Test]
    public void ThePackagesOfAPythonEnvironmentAreSearched(
        [Values("site-packages/nvidia/cu13/lib", "site-packages/nvidia/cuda_nvrtc/lib")] string packages)
    {
        string path = WriteLibrary(_folder.Path, "lib/python3.12", packages);
        Assert.That(Locator(("VIRTUAL_ENV", _folder.Path)).Report, Does.Contain($"{path} ("));
        Assert.That(Locator(("CONDA_PREFIX", _folder.Path)).Report, Does.Contain($"{path} ("));
    }

    /// <summary>A virtual environment sees its own packages and those of the installation that it was created
    /// from.</summary>
    [TestCase("base", "lib/python3.12", "site-packages/nvidia/cu13/lib")]
    [TestCase("base", "lib/python3", "dist-packages/nvidia/cuda_nvrtc/lib")]
    [TestCase("environment", "lib/python3.12", "site-packages/nvidia/cu13/lib")]
    public void ThePackagesOfThePythonOnThePathAreSearched(string prefix, string library, string packages)
    {
        string path = WriteLibrary(_folder.File(prefix), library, packages);
        foreach (string name in (string[])["base/bin", "environment/bin"])
        {
            Directory.CreateDirectory(_folder.File(name));
        }

        string python = _folder.File("base/bin/python3");
        File.WriteAllText(python, "no program");
        File.CreateSymbolicLink(_folder.File("environment/bin/python3"), python);
        Assert.That(Locator(("PATH", _folder.File("environment/bin"))).Report, Does.Contain($"{path} ("));
    }

    [Test]
    public void AMissingCompanionIsTold()
    {
        File.WriteAllText(_folder.File("libsample.so.1"), "no library");
        NativeLibraryLocator locator = new(
            "sample", "Sample", () => ["libsample.so.1"], "install it", ["libsample-builtins.so*"],
            Variables(("GENKERNELS_LIBRARY_PATH", _folder.Path)));
        Assert.That(locator.Report, Does.Contain($"{_folder.Path}/libsample-builtins.so* (not there)"));
    }

    [Test]
    public void APatternIsExpandedNewestFirst()
    {
        Directory.CreateDirectory(_folder.File("cuda-12/lib64"));
        Directory.CreateDirectory(_folder.File("cuda-13/lib64"));
        Directory.CreateDirectory(_folder.File("cuda-14"));
        string[] expected = [_folder.File("cuda-13/lib64"), _folder.File("cuda-12/lib64")];
        Assert.That(LibraryFolders.Expand(_folder.File("cuda*/lib64")), Is.EqualTo(expected));
        string none = _folder.File("none*/lib64");
        Assert.That(LibraryFolders.Expand(none), Is.EqualTo(new[] { none }));
    }

    private static string WriteLibrary(string prefix, string library, string packages)
    {
        string path = Path.Combine(prefix, library, packages, "libsample.so.2");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "no library");
        return path;
    }

    private static NativeLibraryLocator Locator(params (string Name, string Value)[] variables) =>
        new(
            "sample", "Sample", () => ["libsample.so.2", "libsample.so.1"], "install it",
            environment: Variables(variables));

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
