using System.Text.Json.Serialization;
using U2CMigration.Core.Committing;

namespace U2CMigration.Core.Records;

[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MigrationRecord))]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class RecordText : JsonSerializerContext;
