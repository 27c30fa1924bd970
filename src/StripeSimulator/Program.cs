using ContestPipeline.StripeSimulator.Shell;

try
{
    await using var host = await StripeSimulatorHost.Start(SimulatorSettings.Read(Environment.GetEnvironmentVariable), TimeProvider.System);
    Console.WriteLine($"simulator listening on {host.Url}");
    await host.WaitForShutdown();
    return 0;
}
catch (SettingException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
