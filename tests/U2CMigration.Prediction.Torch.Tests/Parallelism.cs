// TorchSharp counts tensors and seeds random numbers for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
