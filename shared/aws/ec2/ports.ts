/** SSH and RDP. */
export const ADMIN_PORTS: readonly number[] = [22, 3389];

/** The ports of EC2.19 without 22 and 3389: those are the admin ports' control's, so that one open port is one finding. */
export const HIGH_RISK_PORTS: readonly number[] = [
  20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200,
  9300,
];
