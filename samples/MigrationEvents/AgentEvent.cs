using System.Text.Json.Serialization;

namespace MigrationEvents;

/// <summary>One line of an agent that was started with <c>--json-lines</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ReadyEvent), "ready")]
[JsonDerivedType(typeof(ProgressEvent), "progress")]
[JsonDerivedType(typeof(ResultEvent), "result")]
[JsonDerivedType(typeof(ArrivedEvent), "arrived")]
[JsonDerivedType(typeof(DirtyRateEvent), "dirtyRate")]
[JsonDerivedType(typeof(InterruptedEvent), "interrupted")]
[JsonDerivedType(typeof(SettledEvent), "settled")]
[JsonDerivedType(typeof(CheckEvent), "check")]
[JsonDerivedType(typeof(ContainerEvent), "container")]
[JsonDerivedType(typeof(ErrorEvent), "error")]
public abstract record AgentEvent;
