using System.Text.Json.Serialization;

namespace U2CMigration.Core.Committing.Files;

[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MigrationRecord))]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class RecordText : JsonSerializerContext;
