using TorchSharp;

namespace U2CMigration.Prediction.Torch;

/// <summary>The native library behind TorchSharp.</summary>
public static class TorchRuntime
{
    /// <summary>Loads it and makes results repeatable: a fixed number of threads, and a seed.</summary>
    /// <param name="seed">The seed of TorchSharp's random numbers.</param>
    /// <param name="threads">How many threads to compute with. One is best for small models: more wait for each other, on a busy machine for long.</param>
    /// <exception cref="PlatformNotSupportedException">It does not load here; the message says what is needed.</exception>
    public static void Prepare(long seed = 1, int threads = 1)
    {
        try
        {
            torch.set_num_threads(threads);
            using torch.Generator generator = torch.manual_seed(seed);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            throw new PlatformNotSupportedException(
                "TorchSharp's native library does not load here: it needs the package libtorch-cpu-linux-x64 and a C++ library with GLIBCXX_3.4.32 (Debian 13, "
                + "Ubuntu 24.04 or newer), so train with eng/train.sh, which brings one; predicting and migrating need none of it.",
                exception);
        }
    }
}
