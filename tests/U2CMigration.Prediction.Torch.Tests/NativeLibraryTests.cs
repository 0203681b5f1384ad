using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void Tensor_Sum_IsComputed()
    {
        using var t = ones(2, 2);
        using var s = t.sum();
        s.item<float>().Should().Be(4);
    }
}
