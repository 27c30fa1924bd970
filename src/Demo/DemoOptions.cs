using System.Globalization;

namespace ContestPipeline.Demo;

/// <summary>What the demo was asked to do.</summary>
/// <param name="Speed">Game seconds per second of wall clock; 0 plays as fast as the pipeline takes it.</param>
/// <param name="Seed">Decides line-ups, duplicates and order: the same seed gives the same digests.</param>
/// <param name="Keep">True: databases and files stay under the state folder for a look afterwards.</param>
public sealed record DemoOptions(int Speed, ulong Seed, bool Keep)
{
    public const int DefaultSpeed = 1_500;
    public const ulong DefaultSeed = 20161002;

    private const int SpeedMax = 1_000_000;

    /// <returns>The options, or one sentence that says what is wrong with the arguments.</returns>
    public static (DemoOptions? Options, string? Error) Parse(IReadOnlyList<string> args)
    {
        var options = new DemoOptions(DefaultSpeed, DefaultSeed, Keep: false);
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--keep":
                    options = options with { Keep = true };
                    break;
                case "--speed"
                    when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var speed) && speed <= SpeedMax:
                    options = options with { Speed = speed };
                    i++;
                    break;
                case "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    i++;
                    break;
                case "--speed":
                    return (null, $"--speed expects a whole number from 0 (no waiting) to {SpeedMax}, got '{value}'.");
                case "--seed":
                    return (null, $"--seed expects a whole number from 0 to {ulong.MaxValue}, got '{value}'.");
                default:
                    return (null, $"Unknown argument '{args[i]}': expected --speed N, --seed N or --keep.");
            }
        }

        return (options, null);
    }
}
