using System.Text.Json.Serialization;

namespace U2CMigration.Prediction.Traces;

/// <summary>Names the properties of a header in camel case; made at compile time, so that trimming does no harm.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TraceHeader))]
internal sealed partial class TraceHeaderJson : JsonSerializerContext;
