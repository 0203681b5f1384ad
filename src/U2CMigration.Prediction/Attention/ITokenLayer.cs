using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Attention;

/// <summary>Makes the tokens of 16 pages, one page in each lane.</summary>
internal interface ITokenLayer
{
    /// <summary>How many samples it makes tokens of at once: as many as stay in the nearest cache until the attention has looked at them.</summary>
    const int Samples = 8;

    /// <summary>Computes the tokens of some samples.</summary>
    /// <param name="inputs">The inputs of the pages.</param>
    /// <param name="biases">What the pages have in common, <c>[Window, Width]</c>.</param>
    /// <param name="age">The first of the samples.</param>
    /// <param name="tokens">Receives the tokens, <c>[Samples, Width]</c>.</param>
    void Embed(LaneInputs inputs, ReadOnlySpan<float> biases, int age, Span<Vector512<float>> tokens);
}
