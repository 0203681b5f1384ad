using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using U2CMigration.Core.Trust;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Trust;

/// <summary>Over connections as a receiver without certificates makes them: encrypted, by a certificate of one run.</summary>
public sealed class SecretProofTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new();
    private readonly MigrationSecret _secret = MigrationSecret.Create();
    private readonly ExpectedSecrets _expected;

    public SecretProofTests()
    {
        _expected = new ExpectedSecrets(_time);
        _expected.Add(_secret, Lifetime);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task GiveAsync_BothKnowIt_LetsEachOtherIn()
    {
        (Exception? source, ExpectedSecrets.Expected? found, _) = await MeetAsync(_secret);

        source.Should().BeNull();
        found!.Secret.Should().BeSameAs(_secret);
    }

    [Fact(Timeout = 30_000)]
    public async Task GiveAsync_AnotherSecret_IsRefused()
    {
        (Exception? source, ExpectedSecrets.Expected? found, _) = await MeetAsync(MigrationSecret.Create());

        source.Should().BeOfType<TransportException>().Which.Message.Should().Contain("not expected");
        found.Should().BeNull();
    }

    [Fact(Timeout = 30_000)]
    public async Task GiveAsync_NoSecret_SaysWhatIsMissing()
    {
        (Exception? source, _, _) = await MeetAsync(null);

        source.Should().BeOfType<TransportException>().Which.Message.Should().Contain("--secret-file");
    }

    /// <summary>What was seen of one connection opens no other, nor the same at another receiver.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Check_ProofOfAnotherConnection_IsWorthNothing()
    {
        (_, _, (Proof proof, Challenge challenge, ReadOnlyMemory<byte> certificate)) = await MeetAsync(_secret);

        SecretProof.Check(proof, challenge, _secret, certificate).Should().NotBeNull("it is the right one there");
        SecretProof.Check(proof, new Challenge(RandomNumberGenerator.GetBytes(Challenge.NonceBytes), true), _secret, certificate).Should().BeNull("each connection has a number of its own");
        SecretProof.Check(proof, challenge, _secret, SHA256.HashData("another certificate"u8)).Should().BeNull("who stands between has another certificate");
        SecretProof.Check(proof, challenge, _secret, default).Should().BeNull("nor can TLS be left out");
    }

    /// <summary>Who answers without knowing the secret, be it by saying back what was said to it, is not the destination.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GiveAsync_DestinationDoesNotKnowIt_GivesUp(bool reflects)
    {
        await using Pair pair = await Pair.OpenAsync();
        Task giving = SecretProof.GiveAsync(pair.Source, _secret, Cancellation);
        await SecretProof.AskAsync(pair.Destination, isRequired: true, Cancellation);
        var proof = (Proof)await pair.Destination.ReceiveAsync(Cancellation);
        await pair.Destination.SendAsync(new ProofAnswer(reflects ? proof.Code : new byte[Proof.CodeBytes]), Cancellation);

        await new Func<Task>(() => giving).Should().ThrowAsync<TransportException>().WithMessage("*does not know the secret*");
    }

    [Fact]
    public void TryUse_SecondMigration_GetsNothingButMayAskAboutNone()
    {
        ExpectedSecrets.Expected expected = new(_secret, _time.GetUtcNow() + Lifetime);
        (Guid first, Guid second) = (Guid.NewGuid(), Guid.NewGuid());

        expected.TryUse(first).Should().BeTrue();
        expected.TryUse(second).Should().BeFalse();
        expected.TryUse(first).Should().BeFalse("a migration begins once");
        (expected.MayAskAbout(first), expected.MayAskAbout(second)).Should().Be((true, false));
        expected.IsOver(_time.GetUtcNow() + (2 * Lifetime)).Should().BeFalse("its source may still have to ask");
    }

    [Fact(Timeout = 30_000)]
    public async Task Find_AfterItsTime_IsNotExpectedAnyMore()
    {
        _time.Advance(Lifetime);

        (Exception? source, _, _) = await MeetAsync(_secret);

        source.Should().BeOfType<TransportException>();
    }

    [Fact]
    public void Add_TheSameSecretAgain_Throws() => new Action(() => _expected.Add(MigrationSecret.Parse(_secret.Reveal()), Lifetime)).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64 but secret!")]
    public void Parse_ShortOrDamagedText_ThrowsWithoutShowingIt(string text) =>
        new Action(() => MigrationSecret.Parse(text)).Should().Throw<FormatException>().Which.Message.Should().NotContain("secret!").And.Contain("MigrationAgent secret");

    [Fact]
    public void ToString_Secret_IsNotTold() => $"{_secret}".Should().NotContain(_secret.Reveal());

    private async Task<(Exception? Source, ExpectedSecrets.Expected? Found, (Proof, Challenge, ReadOnlyMemory<byte>) Seen)> MeetAsync(MigrationSecret? secret)
    {
        await using Pair pair = await Pair.OpenAsync();
        Task giving = SecretProof.GiveAsync(pair.Source, secret, Cancellation);
        Challenge challenge = (await SecretProof.AskAsync(pair.Destination, isRequired: true, Cancellation))!;
        ExpectedSecrets.Expected? expected = null;
        Proof proof = null!;
        if (secret is not null)
        {
            proof = (Proof)await pair.Destination.ReceiveAsync(Cancellation);
            if (_expected.Find(proof, challenge, pair.Destination) is { } found)
            {
                expected = found.Secret;
                await pair.Destination.SendAsync(found.Answer, Cancellation);
            }
            else
            {
                await pair.Destination.SendAsync(new Refuse(RefusalReason.NotAuthorized, "It is not expected."), Cancellation);
            }
        }

        Exception? failure = await Record.ExceptionAsync(() => giving);
        return (failure, expected, (proof, challenge, pair.Destination.ServerCertificateHash));
    }

    private sealed class Pair : IAsyncDisposable
    {
        private readonly MigrationListener _listener;

        private Pair(MigrationListener listener, MigrationConnection source, MigrationConnection destination) => (_listener, Source, Destination) = (listener, source, destination);

        public MigrationConnection Source { get; }

        public MigrationConnection Destination { get; }

        public static async Task<Pair> OpenAsync()
        {
            MigrationListener listener = MigrationListener.Listen(
                new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, new MigrationConnectionOptions { ServerTls = PeerRules.OfThisRun() });
            MigrationConnection source = await MigrationConnection.ConnectAsync(
                listener.LocalEndPoint, ConnectionRole.Source, new MigrationConnectionOptions { ClientTls = PeerRules.ProvenLater() }, null, Cancellation);
            return new Pair(listener, source, await listener.AcceptAsync(Cancellation));
        }

        public async ValueTask DisposeAsync()
        {
            await Source.DisposeAsync();
            await Destination.DisposeAsync();
            await _listener.DisposeAsync();
        }
    }
}
