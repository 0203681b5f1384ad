using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using U2CMigration.Containers.Podman;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Tests.Podman;

public sealed class PodmanParcelTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-parcel-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_ParcelOfADescription_HasWhatPodmanNeedsAndNothingElse()
    {
        PodmanParcel parcel = Carry(PodmanParcel.Of(Archive(("config.dump", Configuration()), ("spec.dump", "{}"), ("ctr.log", "line\n"), ("../../etc/cron.d/evil", "evil"), ("rootfs-diff.tar", "files"))));

        parcel.Write(Path.Combine(_directory, "made.tar"));

        Names(Path.Combine(_directory, "made.tar")).Should().BeEquivalentTo("artifacts/", "checkpoint/", "config.dump", "spec.dump", "ctr.log", "checkpoint/inventory.img", "stats-dump");
        PodmanConfiguration.Of(parcel).Id.Should().Be(Id);
        parcel.LogBytes.Should().Be(5);
    }

    [Fact]
    public void ToProperties_LogThatDoesNotFit_CarriesItsBeginning()
    {
        // What is random cannot be compressed.
        string log = Convert.ToHexString(RandomNumberGenerator.GetBytes(2 << 20));
        PodmanParcel parcel = PodmanParcel.Of(Archive(("config.dump", Configuration()), ("spec.dump", "{}"), ("ctr.log", log)));

        PodmanParcel carried = Carry(parcel);

        carried.LogBytes.Should().BePositive().And.BeLessThan(log.Length).And.Be(parcel.LogBytes);
        Encoding.ASCII.GetString(carried[PodmanParcel.Log]).Should().Be(log[..(int)carried.LogBytes]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("AAAA")]
    public void Of_NoParcel_SaysSo(string text) =>
        FluentActions.Invoking(() => PodmanParcel.Of(new TreeDescription("podman", "web") { Properties = new Dictionary<string, string> { ["podman.0"] = text } }))
            .Should().Throw<IOException>().WithMessage("*container web*");

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"id\": \"../../x\", \"name\": \"web\"}")]
    public void Of_StrangeConfiguration_IsRefused(string configuration) =>
        FluentActions.Invoking(() => PodmanConfiguration.Of(PodmanParcel.Of(Archive(("config.dump", configuration), ("spec.dump", "{}"))))).Should().Throw<IOException>();

    private static string Configuration() => $$"""{"id": "{{Id}}", "name": "web", "rootfsImageID": "1", "runtime": "crun"}""";

    /// <summary>As it travels.</summary>
    private static PodmanParcel Carry(PodmanParcel parcel)
    {
        Dictionary<string, string> properties = parcel.ToProperties();
        properties.Should().HaveCountLessThanOrEqualTo(100);
        properties.Should().OnlyContain(static property => property.Key.Length + property.Value.Length <= 4000);
        return PodmanParcel.Of(new TreeDescription("podman", "web") { Properties = properties });
    }

    private static List<string> Names(string archive)
    {
        using FileStream stream = File.OpenRead(archive);
        using var tar = new TarReader(stream);
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.EntryType == TarEntryType.Directory ? entry.Name.TrimEnd('/') + "/" : entry.Name);
        }

        return names;
    }

    private string Archive(params (string Name, string Text)[] files)
    {
        string path = Path.Combine(_directory, "archive.tar");
        using FileStream stream = File.Create(path);
        using var tar = new TarWriter(stream, TarEntryFormat.Gnu);
        foreach ((string name, string text) in files)
        {
            using var data = new MemoryStream(Encoding.UTF8.GetBytes(text));
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
        }

        return path;
    }
}
