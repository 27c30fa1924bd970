using System.Security.Cryptography;
using System.Text;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Harness;

/// <summary>Compares the migrations of a database with those of the code, without applying any.</summary>
public static class LiveMigrations
{
    /// <returns>A hash of all of them: the version of the tables.</returns>
    /// <exception cref="SettingException">The database has others than the code.</exception>
    public static async Task<string> Check(NpgsqlConnection live, IReadOnlyList<WorkerSchema> workers, CancellationToken ct)
    {
        var all = new StringBuilder();
        foreach (var worker in workers)
        {
            var code = MigrationFiles.OfWorker(worker.Migrations)
                .Select(f => $"{worker.Name}/{f.Source}/{f.Number:000} {f.Checksum}").Order(StringComparer.Ordinal).ToArray();
            var there = await Landed(live, worker.Name, ct);
            var other = code.Except(there).Concat(there.Except(code)).FirstOrDefault();
            if (other is not null)
            {
                throw new SettingException(
                    "ADMIN_DATABASE",
                    $"names a database whose migrations are not those of this program ({other.Split(' ')[0]}); run contestctl "
                        + $"migrate, or the contestctl of its version");
            }

            foreach (var file in code) all.Append(file).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static async Task<IReadOnlyList<string>> Landed(NpgsqlConnection live, string schema, CancellationToken ct)
    {
        await using (var asked = new NpgsqlCommand($"select to_regclass('{schema}.migration') is not null", live))
        {
            if (!(bool)(await asked.ExecuteScalarAsync(ct))!) return [];
        }

        var landed = new List<string>();
        await using var command = new NpgsqlCommand(
            $"select source, number, checksum from {schema}.migration order by source, number", live);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            landed.Add($"{schema}/{reader.GetString(0)}/{reader.GetInt32(1):000} {reader.GetString(2)}");
        return landed;
    }
}
