using System.Globalization;

namespace ContestPipeline.Demo.Dev;

/// <summary>What the world that stays up was asked to be.</summary>
/// <param name="Port">Of the console, on 127.0.0.1; 0: any that is free.</param>
/// <param name="Speed">Game seconds per second of wall clock; 0 plays as fast as the pipeline takes it.</param>
/// <param name="Seed">Decides line-ups and the order of what the feed does wrong.</param>
/// <param name="Rounds">Slates to play before it ends; null: until Ctrl-C.</param>
/// <param name="RealKafka">True: a real broker, else one inside this process.</param>
/// <param name="Keep">True: databases and files stay under the state folder for a look afterwards.</param>
public sealed record DevOptions(int Port, int Speed, ulong Seed, int? Rounds, bool RealKafka, bool Keep)
{
    public const string Usage = "--port N, --speed N, --seed N, --rounds N, --real-kafka or --keep";

    private const int SpeedMax = 1_000_000;
    private const int RoundsMax = 999_999;

    /// <summary>A slate in about a hundred seconds.</summary>
    public static DevOptions Default { get; } = new(
        Port: 8090, Speed: 120, DemoOptions.DefaultSeed, Rounds: null, RealKafka: false, Keep: false);

    /// <returns>The options, or one sentence that says what is wrong with the arguments.</returns>
    public static (DevOptions? Options, string? Error) Parse(IReadOnlyList<string> args)
    {
        var options = Default;
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--keep": options = options with { Keep = true }; continue;
                case "--real-kafka": options = options with { RealKafka = true }; continue;
            }

            if (Numbered(options, args[i], i + 1 < args.Count ? args[++i] : null) is not (var next, { } error))
                return (null, $"Unknown argument '{args[i]}': expected {Usage}.");
            if (next is null) return (null, error);
            options = next;
        }

        return (options, null);
    }

    /// <returns>Null when the name is none of them; no options and a sentence when its value is not what it takes.</returns>
    private static (DevOptions? Options, string Error)? Numbered(DevOptions options, string name, string? value) => name switch
    {
        "--port" => Whole(name, value, ushort.MaxValue, n => options with { Port = (int)n }),
        "--speed" => Whole(name, value, SpeedMax, n => options with { Speed = (int)n }),
        "--seed" => Whole(name, value, ulong.MaxValue, n => options with { Seed = n }),
        "--rounds" => Whole(name, value, RoundsMax, n => options with { Rounds = (int)n }),
        _ => null,
    };

    private static (DevOptions? Options, string Error) Whole(
        string name, string? value, ulong max, Func<ulong, DevOptions> with) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? (with(number), "")
            : (null, $"{name} expects a whole number from 0 to {max}, got '{value}'.");
}
