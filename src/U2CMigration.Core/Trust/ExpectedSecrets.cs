using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Trust;

/// <summary>The secrets that a receiver was told to expect: each lets one migration in, and afterwards only questions about it.</summary>
internal sealed class ExpectedSecrets(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Expected> _secrets = [];

    /// <summary>Lets a migration with a secret in.</summary>
    /// <exception cref="ArgumentException">It is expected already, or was used.</exception>
    public void Add(MigrationSecret secret, TimeSpan lifetime)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (string old in _secrets.Where(entry => entry.Value.IsOver(now)).Select(static entry => entry.Key).ToArray())
            {
                _secrets.Remove(old);
            }

            if (!_secrets.TryAdd(NameOf(secret.Id), new Expected(secret, now + lifetime)))
            {
                throw new ArgumentException("The secret is expected already, or was used; make another one for another migration.", nameof(secret));
            }
        }
    }

    /// <summary>The secret that a proof is about, if it holds on this connection.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="challenge">What the peer had to make it from.</param>
    /// <param name="connection">The connection.</param>
    /// <returns>The secret and the answer; null when it is not expected, over, or not proven. Which one a stranger does not learn.</returns>
    public (Expected Secret, ProofAnswer Answer)? Find(Proof proof, Challenge challenge, MigrationConnection connection)
    {
        Expected? expected;
        lock (_lock)
        {
            _secrets.TryGetValue(NameOf(proof.SecretId), out expected);
        }

        return expected is not null && !expected.IsOver(time.GetUtcNow()) && SecretProof.Check(proof, challenge, expected.Secret, connection.ServerCertificateHash) is { } answer
            ? (expected, answer)
            : null;
    }

    private static string NameOf(ReadOnlyMemory<byte> id) => Convert.ToHexStringLower(id.Span);

    /// <summary>A secret and what it was used for.</summary>
    internal sealed class Expected(MigrationSecret secret, DateTimeOffset until)
    {
        private readonly Lock _lock = new();
        private Guid? _usedFor;

        public MigrationSecret Secret => secret;

        /// <summary>Whether it may still begin a migration.</summary>
        public bool IsFree
        {
            get
            {
                lock (_lock)
                {
                    return _usedFor is null;
                }
            }
        }

        /// <summary>Takes it for a migration.</summary>
        /// <returns>False when another one has had it.</returns>
        public bool TryUse(Guid migrationId)
        {
            lock (_lock)
            {
                if (_usedFor is not null)
                {
                    return false;
                }

                _usedFor = migrationId;
                return true;
            }
        }

        /// <summary>Whether it may ask what became of a migration. One that was not used here may: it can be that of a receiver before this one.</summary>
        public bool MayAskAbout(Guid migrationId)
        {
            lock (_lock)
            {
                return _usedFor is null || _usedFor == migrationId;
            }
        }

        /// <summary>One that was used stays for the questions of its source.</summary>
        public bool IsOver(DateTimeOffset now) => IsFree && now >= until;
    }
}
