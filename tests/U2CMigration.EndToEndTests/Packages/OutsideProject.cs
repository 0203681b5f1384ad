using System.Xml.Linq;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Packages;

/// <summary>A project that lies outside of this repository and knows nothing but the packages that it packs.</summary>
internal sealed class OutsideProject : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("u2c-packages-");
    private readonly string _feed;

    public OutsideProject()
    {
        _feed = Path.Combine(_directory.FullName, "feed");
        Output = RepositoryRoot.File("artifacts", "test-packages");
    }

    /// <summary>Where the program is published: below the checkout, which the hosts of a rig see.</summary>
    public string Output { get; }

    /// <summary>The packages in the feed, by name and version.</summary>
    public IEnumerable<string> Packages => Directory.GetFiles(_feed, "*.nupkg").Select(path => Path.GetFileNameWithoutExtension(path)!);

    /// <summary>The file of a package.</summary>
    public string FileOf(string package) => Path.Combine(_feed, package + ".nupkg");

    /// <summary>Packs all that the solution offers. It was built before.</summary>
    public async Task PackAsync(CancellationToken cancellationToken)
    {
        string[] pack = ["dotnet", "pack", RepositoryRoot.File("U2CMigration.Core.sln"), "-c", "Release", "--no-build", "-o", _feed, "-nologo", "-nodeReuse:false"];
        (await LocalCommand.RunAsync(pack, cancellationToken)).Successful();
    }

    /// <summary>Publishes a program against the packages, restored into a folder of its own so that nothing stale is taken.</summary>
    public async Task PublishAsync(string program, CancellationToken cancellationToken)
    {
        string version = Packages.First(name => name.StartsWith("U2CMigration.Core.", StringComparison.Ordinal))["U2CMigration.Core.".Length..];
        Write("Embedding.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="U2CMigration.Core" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        Write("Program.cs", program);
        Write("nuget.config", new XElement(
            "configuration",
            new XElement("config", new XElement("add", new XAttribute("key", "globalPackagesFolder"), new XAttribute("value", Path.Combine(_directory.FullName, "packages")))),
            new XElement("packageSources", new XElement("add", new XAttribute("key", "packed"), new XAttribute("value", _feed))),
            new XElement("fallbackPackageFolders", new XElement("add", new XAttribute("key", "user"), new XAttribute("value", UserPackages())))).ToString());
        string[] publish = ["dotnet", "publish", Path.Combine(_directory.FullName, "Embedding.csproj"), "-c", "Release", "-o", Output, "-nologo", "-nodeReuse:false"];
        (await LocalCommand.RunAsync(publish, cancellationToken)).Successful();
    }

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        if (Directory.Exists(Output))
        {
            Directory.Delete(Output, recursive: true);
        }
    }

    /// <summary>What other restores have fetched already; a package of ours is never in it.</summary>
    private static string UserPackages() => Directory.CreateDirectory(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")).FullName;

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_directory.FullName, name), content);
}
