using GenKernels.Runtime.Interop;

namespace GenKernels.Tests.Runtime.Interop;

public sealed class NativeLibraryLocatorTests
{
    private string _folder = "";

    [SetUp]
    public void MakeAFolder() => _folder = Directory.CreateTempSubdirectory("locator").FullName;

    [TearDown]
    public void RemoveTheFolder() => Directory.Delete(_folder, recursive: true);

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
        string path = Path.Combine(_folder, "libsample.so.1");
        File.WriteAllText(path, "no library");
        NativeLibraryLocator locator = Locator(("GENKERNELS_LIBRARY_PATH", _folder));
        Assert.That(locator.IsFound, Is.False);
        Assert.That(locator.Report, Does.Contain($"{path} (").And.Contain("file too short"));
    }

    [Test]
    public void ANamedFolderComesBeforeTheLoadersPath()
    {
        Assume.That(NativeLibraries.OpenBlas.IsFound, NativeLibraries.OpenBlas.Report);
        File.WriteAllText(Path.Combine(_folder, "libm.so.6"), "no library");
        NativeLibraryLocator locator = new(
            "mathematics", "libm", () => ["libm.so.6"], "install it",
            environment: Variables(("GENKERNELS_LIBRARY_PATH", _folder)));
        Assert.That(locator.Path, Is.EqualTo("libm.so.6"));
        Assert.That(locator.Report, Does.Contain(_folder), "what failed on the way is told though another was found");
        Assert.That(locator.FindFunction("cos"), Is.Not.EqualTo((nint)0));
        Assert.That(locator.FindFunction("no_such_function"), Is.EqualTo((nint)0));
    }

    [Test]
    public void ThePackagesOfAPythonEnvironmentAreSearched(
        [Values("site-packages/nvidia/cu13/lib", "site-packages/nvidia/cuda_nvrtc/lib")] string packages)
    {
        string path = WriteLibrary(_folder, "lib/python3.12", packages);
        Assert.That(Locator(("VIRTUAL_ENV", _folder)).Report, Does.Contain($"{path} ("));
        Assert.That(Locator(("CONDA_PREFIX", _folder)).Report, Does.Contain($"{path} ("));
    }

    /// <summary>A virtual environment sees its own packages and those of the installation that it was created
    /// from.</summary>
    [TestCase("base", "lib/python3.12", "site-packages/nvidia/cu13/lib")]
    [TestCase("base", "lib/python3", "dist-packages/nvidia/cuda_nvrtc/lib")]
    [TestCase("environment", "lib/python3.12", "site-packages/nvidia/cu13/lib")]
    public void ThePackagesOfThePythonOnThePathAreSearched(string prefix, string library, string packages)
    {
        string path = WriteLibrary(Path.Combine(_folder, prefix), library, packages);
        foreach (string name in (string[])["base/bin", "environment/bin"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
        }

        string python = Path.Combine(_folder, "base/bin/python3");
        File.WriteAllText(python, "no program");
        File.CreateSymbolicLink(Path.Combine(_folder, "environment/bin/python3"), python);
        Assert.That(Locator(("PATH", Path.Combine(_folder, "environment/bin"))).Report, Does.Contain($"{path} ("));
    }

    [Test]
    public void AMissingCompanionIsTold()
    {
        File.WriteAllText(Path.Combine(_folder, "libsample.so.1"), "no library");
        NativeLibraryLocator locator = new(
            "sample", "Sample", () => ["libsample.so.1"], "install it", ["libsample-builtins.so*"],
            Variables(("GENKERNELS_LIBRARY_PATH", _folder)));
        Assert.That(locator.Report, Does.Contain($"{_folder}/libsample-builtins.so* (not there)"));
    }

    [Test]
    public void APatternIsExpandedNewestFirst()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "cuda-12/lib64"));
        Directory.CreateDirectory(Path.Combine(_folder, "cuda-13/lib64"));
        Directory.CreateDirectory(Path.Combine(_folder, "cuda-14"));
        string[] expected = [Path.Combine(_folder, "cuda-13/lib64"), Path.Combine(_folder, "cuda-12/lib64")];
        Assert.That(LibraryFolders.Expand(_folder + "/cuda*/lib64"), Is.EqualTo(expected));
        Assert.That(LibraryFolders.Expand(_folder + "/none*/lib64"), Is.EqualTo(new[] { _folder + "/none*/lib64" }));
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
