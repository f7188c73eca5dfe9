namespace Nethereum.Model;

/// <summary>What a signature of a transaction is made of, each part big-endian.</summary>
public interface ISignature
{
    byte[] R { get; }

    byte[] S { get; }

    byte[] V { get; set; }
}

/// <summary>A signature read from its parts.</summary>
public class Signature : ISignature
{
    public Signature(byte[] r, byte[] s, byte[] v)
    {
        R = r;
        S = s;
        V = v;
    }

    public byte[] R { get; set; }

    public byte[] S { get; set; }

    public byte[] V { get; set; }
}
