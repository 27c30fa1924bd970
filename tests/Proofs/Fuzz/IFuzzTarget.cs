using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>Something that takes input from outside. One instance belongs to one thread.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Makes one input and hands it to the product.</summary>
    /// <returns>What became of it, in few different words: <c>accepted</c> or <c>rejected: reason</c>. Whatever it throws is a
    /// fault.</returns>
    string Try(SeededRandom chance, out byte[] input);
}
